//! What asks for a person besides the model, and a promise that nothing is behind (S5).

#[path = "triggers/answers.rs"]
mod answers;
#[path = "triggers/asked.rs"]
mod asked;
#[path = "triggers/promises.rs"]
mod promises;
#[path = "triggers/shop.rs"]
mod shop;
