package io.millrace.server.http;

/// What a request gets.
record HttpAnswer(int status, String contentType, String body) {
    static HttpAnswer json(int status, String body) {
        return new HttpAnswer(status, "application/json", body);
    }
}
