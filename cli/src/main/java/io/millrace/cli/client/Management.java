package io.millrace.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.cli.CommandFailure;
import io.millrace.cli.ExitCode;
import io.millrace.cli.output.Column;
import io.millrace.cli.output.Json;
import io.millrace.cli.output.Missing;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// Asks a node's management API. A refusal is a [CommandFailure] with the node's own words.
///
/// Owned by: the thread of one command.
public final class Management implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofMinutes(2);
    private static final int PAGE = 500;
    private static final int FIRST_REFUSAL = 300;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;

    private final String address;
    private final String login;
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();

    Management(String address, String login) {
        this.address = address;
        this.login = login;
    }

    /// One part of a path.
    public static String part(String name) {
        return "/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public JsonNode get(String path) {
        return send("GET", path, "");
    }

    /// All items of a list that has pages.
    public List<JsonNode> pages(String path) {
        List<JsonNode> items = new ArrayList<>();
        int pages = 1;
        for (int page = 1; page <= pages; page++) {
            JsonNode answer = get(path + "?page=" + page + "&page_size=" + PAGE);
            answer.path("items").forEach(items::add);
            pages = answer.path("page_count").asInt();
        }
        return items;
    }

    public void put(String path, Map<String, Object> body) {
        send("PUT", path, Json.text(body));
    }

    public void post(String path, String body) {
        send("POST", path, body);
    }

    public void delete(String path) {
        send("DELETE", path, "");
    }

    private JsonNode send(String method, String path, String body) {
        try {
            HttpResponse<String> answer = client.send(request(method, path, body), BodyHandlers.ofString());
            if (answer.statusCode() >= FIRST_REFUSAL) {
                throw refusal(answer);
            }
            return json.readTree(answer.body());
        } catch (ConnectException nobody) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "Nobody answers at " + address,
                    "Is the node running, and listeners.management on? Elsewhere: --management URL",
                    nobody);
        } catch (IOException broken) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "No answer from " + address + ": " + broken, broken);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.FAILED, "Interrupted", stopped);
        }
    }

    private HttpRequest request(String method, String path, String body) {
        String basic = Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
        try {
            return HttpRequest.newBuilder(URI.create(address + "/api" + path))
                    .timeout(ANSWER_MAX)
                    .header("Authorization", "Basic " + basic)
                    .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                    .build();
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(ExitCode.USAGE, "That is no address: " + address, wrong);
        }
    }

    private CommandFailure refusal(HttpResponse<String> answer) {
        String reason = reason(answer.body());
        return switch (answer.statusCode()) {
            case NOT_FOUND -> new CommandFailure(ExitCode.NOT_FOUND, "There is no such thing: " + reason);
            case UNAUTHORIZED -> new CommandFailure(ExitCode.REFUSED, "Not allowed: " + reason, "Who asks: --login");
            default -> new CommandFailure(ExitCode.REFUSED, "The node refused: " + reason);
        };
    }

    private String reason(String body) {
        try {
            JsonNode reason = json.readTree(body).path("reason");
            return reason.isTextual() ? reason.asText() : reason.toString();
        } catch (JsonProcessingException none) {
            return body;
        }
    }

    /// Shows a field; those of objects within objects behind a slash.
    public static Column<JsonNode> column(String name, String field) {
        return new Column<>(name, item -> value(item.at("/" + field)));
    }

    /// A whole number when it looks like one, or a truth value, else the text.
    public static Object value(String text) {
        if (text.matches("-?\\d{1,18}")) {
            return Long.parseLong(text);
        }
        return text.equals("true") || text.equals("false") ? (Object) Boolean.valueOf(text) : text;
    }

    private static Object value(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> value.isIntegralNumber() ? (Object) value.longValue() : (Object) value.doubleValue();
            case BOOLEAN -> value.booleanValue();
            case STRING -> value.textValue();
            case MISSING, NULL -> Missing.VALUE;
            case ARRAY, OBJECT, BINARY, POJO -> value.toString();
        };
    }

    @Override
    public void close() {
        client.close();
    }
}
