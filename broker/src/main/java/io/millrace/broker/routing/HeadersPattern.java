package io.millrace.broker.routing;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.ArrayList;
import java.util.List;

/// What a headers binding asks for, read from its arguments: pairs, of which all or any have to be in a message.
/// `x-match` says which, and whether names that begin with `x-` count; without it, all of the others have to be there.
///
/// Nothing asked for is what every message has, and any one of nothing what none has.
record HeadersPattern(boolean isAny, List<HeaderPair> pairs) {
    static final String MATCH = "x-match";
    private static final String EXTENSION = "x-";

    static HeadersPattern of(Arguments arguments) {
        String match = arguments.text(MATCH).orElse("");
        boolean withExtensions = match.endsWith("-with-x");
        List<HeaderPair> pairs = new ArrayList<>(arguments.size());
        arguments.entries().forEach((name, value) -> {
            if (!name.equals(MATCH) && (withExtensions || !name.startsWith(EXTENSION))) {
                pairs.add(HeaderPair.of(name, value));
            }
        });
        return new HeadersPattern(match.equals("any") || match.equals("any-with-x"), pairs);
    }

    boolean isSatisfiedBy(Arguments headers) {
        return isAny
                ? pairs.stream().anyMatch(pair -> has(headers, pair))
                : pairs.stream().allMatch(pair -> has(headers, pair));
    }

    private static boolean has(Arguments headers, HeaderPair pair) {
        return headers.find(pair.name())
                .map(value ->
                        pair.value() instanceof ArgumentValue.Nothing || pair.equals(HeaderPair.of(pair.name(), value)))
                .orElse(false);
    }
}
