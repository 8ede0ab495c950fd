//! Hostile words, of customers and of models: they move nothing but the summary's text (S4), and any answer of a model
//! leaves a summary that can be used (S1).

#[path = "hostile/attacks.rs"]
mod attacks;
#[path = "hostile/columns.rs"]
mod columns;
#[path = "hostile/outputs.rs"]
mod outputs;
