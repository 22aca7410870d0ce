package io.millrace.console.web;

/// Answers calls of one path and method, at once or later.
@FunctionalInterface
public interface Handler {
    /// @throws Refusal instead of an answer
    void handle(Call call) throws Refusal;
}
