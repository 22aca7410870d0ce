package io.millrace.console.web;

import java.util.Optional;

/// What is outside of `/api`: nobody has to log in there, and nothing of the broker's is to be seen.
final class OpenPages {
    private static final String API = "/api";

    private static final String HOME = """
            <!doctype html>
            <html lang="en">
            <title>Millrace</title>
            <p>This is the management API of a Millrace node: RabbitMQ's paths under <a href="/api/overview">/api</a>.
            <p><code>rabbitmqadmin</code>, <code>millrace queue list</code> and the like speak to it.
            </html>
            """;

    private OpenPages() {}

    /// Nothing for a request to the API.
    static Optional<ApiAnswer> find(ApiRequest request) {
        int question = request.target().indexOf('?');
        String path = question < 0 ? request.target() : request.target().substring(0, question);
        if (path.equals(API) || path.startsWith(API + "/")) {
            return Optional.empty();
        }
        boolean isRead = request.method().equals("GET") || request.method().equals("HEAD");
        return Optional.of(
                isRead && path.equals("/")
                        ? ApiAnswer.html(HOME)
                        : Refusal.notFound().answer());
    }
}
