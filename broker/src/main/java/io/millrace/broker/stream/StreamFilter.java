package io.millrace.broker.stream;

import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which messages of a stream a consumer wants: those whose header `x-stream-filter-value` is one of its argument
/// `x-stream-filter`, and with `x-stream-match-unfiltered` those without such a header.
///
/// @param values none for everything
public record StreamFilter(List<String> values, boolean matchUnfiltered) {
    public static final String ARGUMENT = "x-stream-filter";
    public static final String MATCH_UNFILTERED = "x-stream-match-unfiltered";

    /// What a message carries to be filtered by.
    static final String VALUE = "x-stream-filter-value";

    /// What the arguments say.
    ///
    /// @return nothing when they are no text, list of texts or truth value
    public static Optional<StreamFilter> of(Arguments arguments) {
        List<String> values = new ArrayList<>();
        boolean isRight = switch (arguments.find(ARGUMENT).orElse(new ArgumentValue.Nothing())) {
            case ArgumentValue.Text text -> values.add(text.asString());
            case ArgumentValue.Sequence(List<ArgumentValue> list) -> addAll(list, values);
            case ArgumentValue.Nothing _ -> true;
            default -> false;
        };
        ArgumentValue match = arguments.find(MATCH_UNFILTERED).orElse(ArgumentValue.bool(false));
        return isRight && match instanceof ArgumentValue.Bool(boolean isMatched)
                ? Optional.of(new StreamFilter(List.copyOf(values), isMatched))
                : Optional.empty();
    }

    private static boolean addAll(List<ArgumentValue> list, List<String> values) {
        for (ArgumentValue value : list) {
            if (!(value instanceof ArgumentValue.Text text)) {
                return false;
            }
            values.add(text.asString());
        }
        return true;
    }

    /// @param value the message's own, `null` when it has none
    boolean matches(@Nullable String value) {
        if (values.isEmpty()) {
            return true;
        }
        return value == null ? matchUnfiltered : values.contains(value);
    }
}
