//! A server in front of the server, which passes messages on and cuts the connection at one of them.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Before the server gets the client's message of this number, from 0.
    Before(usize),
    /// Before the client gets the server's message of this number: the server has done what it answers.
    Answer(usize),
}

#[derive(Default)]
struct Counts {
    client: AtomicUsize,
    server: AtomicUsize,
    cut: Mutex<Option<Cut>>,
}

impl Counts {
    /// Whether this is where the connection is cut; once.
    fn is_at(&self, here: Cut) -> bool {
        let mut cut = self.cut.lock().unwrap();
        let found = *cut == Some(here);
        if found {
            *cut = None;
        }
        found
    }
}

/// The server in front; gone with this.
pub(super) struct Proxy {
    address: SocketAddr,
    counts: Arc<Counts>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    pub(super) async fn before(server: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let counts = Arc::new(Counts::default());
        let accepting = tokio::spawn({
            let counts = Arc::clone(&counts);
            async move {
                while let Ok((client, _)) = listener.accept().await {
                    client.set_nodelay(true).unwrap();
                    tokio::spawn(serve(client, server.clone(), Arc::clone(&counts)));
                }
            }
        });
        Self { address, counts, accepting }
    }

    /// `config`, led through here.
    pub(super) fn config(&self, config: &Config) -> Config {
        let mut through = Config::new();
        through.host(self.address.ip().to_string()).port(self.address.port());
        through.user(config.get_user().unwrap()).dbname(config.get_dbname().unwrap());
        if let Some(password) = config.get_password() {
            through.password(password);
        }
        through
    }

    /// Counts from 0 again, and cuts once.
    pub(super) fn cut(&self, cut: Option<Cut>) {
        *self.counts.cut.lock().unwrap() = cut;
        self.counts.client.store(0, Ordering::SeqCst);
        self.counts.server.store(0, Ordering::SeqCst);
    }

    /// Whether the cut has not been made.
    pub(super) fn is_whole(&self) -> bool {
        self.counts.cut.lock().unwrap().is_some()
    }

    /// How many messages the client has sent, and the server.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.counts.client.load(Ordering::SeqCst), self.counts.server.load(Ordering::SeqCst))
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn reach(server: &Config) -> Box<dyn Stream> {
    let port = server.get_ports().first().copied().unwrap_or(5432);
    match &server.get_hosts()[0] {
        Host::Tcp(name) => Box::new(TcpStream::connect((name.as_str(), port)).await.unwrap()),
        Host::Unix(socket) => {
            Box::new(UnixStream::connect(socket.join(format!(".s.PGSQL.{port}"))).await.unwrap())
        }
    }
}

/// Passes messages on in both directions until one of them ends, or the cut; then both streams are closed.
async fn serve(client: TcpStream, server: Config, counts: Arc<Counts>) {
    let (from_server, to_server) = tokio::io::split(reach(&server).await);
    let (from_client, to_client) = tokio::io::split(client);
    tokio::select! {
        () = requests(from_client, to_server, &counts) => {}
        () = answers(from_server, to_client, &counts) => {}
    }
}

async fn requests(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, counts: &Counts) {
    // The first message has no type.
    let Some(hello) = message(&mut from, false).await else { return };
    if to.write_all(&hello).await.is_err() {
        return;
    }
    while let Some(message) = message(&mut from, true).await {
        // A connection's farewell comes at any time after it was last used: it is no message of a flow.
        if message.first() == Some(&b'X') {
            let _told = to.write_all(&message).await;
            return;
        }
        let number = counts.client.fetch_add(1, Ordering::SeqCst);
        if counts.is_at(Cut::Before(number)) || to.write_all(&message).await.is_err() {
            return;
        }
    }
}

async fn answers(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, counts: &Counts) {
    while let Some(message) = message(&mut from, true).await {
        let number = counts.server.fetch_add(1, Ordering::SeqCst);
        if counts.is_at(Cut::Answer(number)) || to.write_all(&message).await.is_err() {
            return;
        }
    }
}

/// One message as it is on the wire: a type, but for the first, a length that counts itself, and the rest.
async fn message(from: &mut (impl AsyncRead + Unpin), has_type: bool) -> Option<Vec<u8>> {
    let mut head = vec![0; if has_type { 5 } else { 4 }];
    from.read_exact(&mut head).await.ok()?;
    let length = u32::from_be_bytes(*head.last_chunk()?);
    let start = head.len();
    head.resize(start + usize::try_from(length).ok()? - 4, 0);
    from.read_exact(&mut head[start..]).await.ok()?;
    Some(head)
}
