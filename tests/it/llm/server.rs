//! A server that answers byte for byte what a test gives it.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One connection is one request; the last answer is repeated.
pub(super) struct Server {
    pub(super) port: u64,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn answering(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = u64::from(listener.local_addr().unwrap().port());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = requests.clone();
        tokio::spawn(async move {
            let mut nth = 0;
            while let Ok((stream, _)) = listener.accept().await {
                let answer = answers[nth.min(answers.len() - 1)].clone();
                nth += 1;
                tokio::spawn(serve(stream, answer, log.clone()));
            }
        });
        Self { port, requests }
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(mut stream: TcpStream, answer: Vec<u8>, log: Arc<Mutex<Vec<String>>>) {
    let mut read = Vec::new();
    let mut buffer = [0; 16 * 1024];
    while !is_whole(&read) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => read.extend_from_slice(&buffer[..count]),
        }
    }
    log.lock().unwrap().push(String::from_utf8_lossy(&read).into_owned());
    // The client hangs up on an answer that it does not want.
    let _sent = stream.write_all(&answer).await;
    let _ended = stream.shutdown().await;
}

/// Whether the head is there, and as much behind it as it says.
fn is_whole(read: &[u8]) -> bool {
    let text = String::from_utf8_lossy(read);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
    length.is_none_or(|length| body.len() >= length.trim().parse().unwrap())
}

/// An answer with this status line and these lines of headers.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// A chat completion with this content.
pub(super) fn completion(content: &str) -> Vec<u8> {
    let message = serde_json::json!({ "role": "assistant", "content": content });
    let body =
        serde_json::json!({ "choices": [{ "index": 0, "message": message, "finish_reason": "stop" }] });
    answer("200 OK", "content-type: application/json\r\n", &body.to_string())
}
