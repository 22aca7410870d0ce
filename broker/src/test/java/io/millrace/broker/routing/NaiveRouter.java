package io.millrace.broker.routing;

import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.routing.Destination.ToExchange;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.model.ArgumentValue;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rules of routing written down as plainly as they can be: lists, and a look at everything. For exchanges that do
/// not choose by hash or chance.
final class NaiveRouter {
    private final Map<ExchangeName, ExchangeSpec> exchanges = new LinkedHashMap<>();
    private final Map<ExchangeName, ExchangeName> policies = new LinkedHashMap<>();
    final Set<QueueName> queues = new LinkedHashSet<>();
    final Set<Binding> bindings = new LinkedHashSet<>();

    NaiveRouter() {
        ExchangeSpec.PREDECLARED.forEach(exchange -> exchanges.put(exchange.name(), exchange));
    }

    Set<ExchangeName> exchangeNames() {
        return exchanges.keySet();
    }

    void apply(RoutingDelta delta) {
        switch (delta) {
            case RoutingDelta.ExchangeDeclared(var exchange) -> exchanges.putIfAbsent(exchange.name(), exchange);
            case RoutingDelta.ExchangeDeleted(var name) -> {
                if (ExchangeSpec.PREDECLARED.stream()
                        .noneMatch(exchange -> exchange.name().equals(name))) {
                    delete(name);
                }
            }
            case RoutingDelta.AlternateByPolicy(var name, var alternate) -> {
                if (!exchanges.containsKey(name) || name.isDefault() || alternate == null) {
                    policies.remove(name);
                } else {
                    policies.put(name, alternate);
                }
            }
            case RoutingDelta.QueueDeclared(var queue) -> queues.add(queue);
            case RoutingDelta.QueueDeleted(var queue) -> {
                queues.remove(queue);
                removeAllTo(new ToQueue(queue));
            }
            case RoutingDelta.TopicDeleted(var topic) -> removeAllTo(new ToTopic(topic));
            case RoutingDelta.Bound(var binding) -> {
                if (isPossible(binding)) {
                    bindings.add(binding);
                }
            }
            case RoutingDelta.Unbound(var binding) -> remove(binding);
        }
    }

    private boolean isPossible(Binding binding) {
        boolean isThere = switch (binding.destination()) {
            case ToQueue(var queue) -> queues.contains(queue);
            case ToExchange(var exchange) -> !exchange.isDefault() && exchanges.containsKey(exchange);
            case ToTopic _ -> true;
        };
        return isThere && !binding.source().isDefault() && exchanges.containsKey(binding.source());
    }

    private void remove(Binding binding) {
        ExchangeName source = binding.source();
        if (bindings.remove(binding)
                && exchanges.containsKey(source)
                && exchanges.get(source).autoDelete()
                && bindings.stream().noneMatch(other -> other.source().equals(source))) {
            delete(source);
        }
    }

    private void delete(ExchangeName name) {
        exchanges.remove(name);
        policies.remove(name);
        bindings.removeIf(binding -> binding.source().equals(name));
        removeAllTo(new ToExchange(name));
    }

    private void removeAllTo(Destination destination) {
        for (Binding binding : List.copyOf(bindings)) {
            if (binding.destination().equals(destination)) {
                remove(binding);
            }
        }
    }

    Set<Target> route(ExchangeName start, Routable message) {
        Set<Target> targets = new LinkedHashSet<>();
        Set<ExchangeName> visited = new LinkedHashSet<>();
        List<ExchangeName> next = new ArrayList<>(List.of(start));
        while (!next.isEmpty()) {
            ExchangeName name = next.removeLast();
            if (exchanges.containsKey(name) && visited.add(name)) {
                visit(name, message, targets, next);
            }
        }
        return targets;
    }

    private void visit(ExchangeName name, Routable message, Set<Target> targets, List<ExchangeName> next) {
        List<Destination> destinations = new ArrayList<>();
        if (name.isDefault()) {
            queues.stream()
                    .filter(queue -> keys(message).contains(queue.value()))
                    .forEach(queue -> destinations.add(new ToQueue(queue)));
        }
        for (Binding binding : bindings) {
            if (binding.source().equals(name) && wants(binding, message)) {
                destinations.add(binding.destination());
            }
        }
        for (Destination destination : destinations) {
            switch (destination) {
                case ToExchange(var exchange) -> next.add(exchange);
                case Target target -> targets.add(target);
            }
        }
        if (destinations.isEmpty()) {
            alternate(name, next);
        }
    }

    private void alternate(ExchangeName name, List<ExchangeName> next) {
        if (exchanges.get(name).alternate().isPresent()) {
            next.add(exchanges.get(name).alternate().get());
        } else if (policies.containsKey(name)) {
            next.add(policies.get(name));
        }
    }

    private boolean wants(Binding binding, Routable message) {
        return switch (exchanges.get(binding.source()).routingType()) {
            case FANOUT -> true;
            case DIRECT -> keys(message).contains(binding.key());
            case TOPIC -> keys(message).stream().anyMatch(key -> topicMatches(binding.key(), key));
            case HEADERS -> headersMatch(binding, message);
            default -> throw new AssertionError("chooses by hash or chance");
        };
    }

    private static List<String> keys(Routable message) {
        List<String> keys = new ArrayList<>(message.furtherKeys());
        keys.add(message.routingKey());
        return keys;
    }

    /// Where every pattern that has more than one way to match tries them all.
    static boolean topicMatches(String pattern, String key) {
        return topicMatches(words(pattern), words(key));
    }

    private static List<String> words(String key) {
        return key.isEmpty() ? List.of() : List.of(key.split("\\.", -1));
    }

    private static boolean topicMatches(List<String> pattern, List<String> key) {
        if (pattern.isEmpty()) {
            return key.isEmpty();
        }
        String first = pattern.getFirst();
        List<String> others = pattern.subList(1, pattern.size());
        if (first.equals("#")) {
            return topicMatches(others, key) || (!key.isEmpty() && topicMatches(pattern, key.subList(1, key.size())));
        }
        return !key.isEmpty()
                && (first.equals("*") || first.equals(key.getFirst()))
                && topicMatches(others, key.subList(1, key.size()));
    }

    private static boolean headersMatch(Binding binding, Routable message) {
        String match = binding.arguments().text("x-match").orElse("all");
        int asked = 0;
        int had = 0;
        for (Map.Entry<String, ArgumentValue> pair :
                binding.arguments().entries().entrySet()) {
            String name = pair.getKey();
            if (name.equals("x-match") || (name.startsWith("x-") && !match.endsWith("with-x"))) {
                continue;
            }
            asked++;
            ArgumentValue value = message.headers().entries().get(name);
            if (value != null && (pair.getValue() instanceof ArgumentValue.Nothing || value.equals(pair.getValue()))) {
                had++;
            }
        }
        return match.startsWith("any") ? had > 0 : had == asked;
    }
}
