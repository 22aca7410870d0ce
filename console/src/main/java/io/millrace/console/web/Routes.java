package io.millrace.console.web;

import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologySource;
import io.millrace.console.port.Worker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Which handler answers which path and method. Filled at the start, then read from any thread.
public final class Routes {
    private final List<Route> routes = new ArrayList<>();

    private record Route(PathPattern path, Map<String, Handler> handlers) {}

    /// Several methods of one path are added one after another.
    public Routes on(String method, String path, Handler handler) {
        PathPattern pattern = PathPattern.of("/api" + path);
        for (Route route : routes) {
            if (route.path().equals(pattern)) {
                route.handlers().put(method, handler);
                return this;
            }
        }
        Map<String, Handler> handlers = new LinkedHashMap<>();
        handlers.put(method, handler);
        routes.add(new Route(pattern, handlers));
        return this;
    }

    public Routes get(String path, Handler handler) {
        return on("GET", path, handler);
    }

    public Routes put(String path, Handler handler) {
        return on("PUT", path, handler);
    }

    public Routes post(String path, Handler handler) {
        return on("POST", path, handler);
    }

    public Routes delete(String path, Handler handler) {
        return on("DELETE", path, handler);
    }

    /// Why the asker is not let in, or what everybody gets; asked before the body of a request is taken.
    public Optional<ApiAnswer> refusal(TopologySource source, ApiRequest request) {
        Optional<ApiAnswer> page = OpenPages.find(request);
        if (page.isPresent()) {
            return page; // nobody's body is taken there
        }
        try {
            Login.check(source.topology(), request);
            return Optional.empty();
        } catch (Refusal why) {
            return Optional.of(challenge(why));
        }
    }

    private static ApiAnswer challenge(Refusal why) {
        return why.answer().with("WWW-Authenticate", "Basic realm=\"RabbitMQ Management\"");
    }

    /// Answers a request, and is called in a turn of its worker.
    ///
    /// @param reply called once, in a turn of the worker
    public void answer(TopologySource source, ApiRequest request, Worker worker, Consumer<ApiAnswer> reply) {
        Optional<ApiAnswer> page = OpenPages.find(request);
        if (page.isPresent()) {
            reply.accept(page.get());
            return;
        }
        Topology topology = source.topology();
        Asker asker;
        try {
            asker = Login.check(topology, request);
        } catch (Refusal why) {
            reply.accept(challenge(why));
            return;
        }
        answerKnown(asker, topology, request, worker, reply);
    }

    /// Answers a request of the node itself, as [#answer] does.
    public void answerNode(TopologySource source, ApiRequest request, Worker worker, Consumer<ApiAnswer> reply) {
        answerKnown(Asker.NODE, source.topology(), request, worker, reply);
    }

    private void answerKnown(
            Asker asker, Topology topology, ApiRequest request, Worker worker, Consumer<ApiAnswer> reply) {
        try {
            answer(asker, topology, request, worker, reply);
        } catch (Refusal why) {
            reply.accept(why.answer());
        }
    }

    private void answer(Asker asker, Topology topology, ApiRequest request, Worker worker, Consumer<ApiAnswer> reply)
            throws Refusal {
        int question = request.target().indexOf('?');
        String path = question < 0 ? request.target() : request.target().substring(0, question);
        List<String> segments = PathPattern.segments(path);
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.path().match(segments);
            if (variables.isEmpty()) {
                continue;
            }
            Handler handler = route.handlers().get(request.method().equals("HEAD") ? "GET" : request.method());
            if (handler == null) {
                String allowed = allowed(route.handlers().keySet());
                reply.accept(ApiAnswer.allow(request.method().equals("OPTIONS") ? 200 : 405, allowed));
                return;
            }
            QueryParameters query =
                    new QueryParameters(question < 0 ? "" : request.target().substring(question + 1));
            handler.handle(new Call(variables.get(), query, request, asker, topology, worker, reply));
            return;
        }
        throw Refusal.notFound();
    }

    private static String allowed(Set<String> methods) {
        Set<String> all = new TreeSet<>(methods);
        if (all.contains("GET")) {
            all.add("HEAD");
        }
        all.add("OPTIONS");
        return String.join(", ", all);
    }
}
