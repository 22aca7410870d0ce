package io.millrace.broker.routing;

import java.util.ArrayList;
import java.util.List;

/// The words of topic patterns.
final class TopicWords {
    /// Stands for one word.
    static final String ANY = "*";

    /// Stands for any number of words.
    static final String REST = "#";

    private TopicWords() {}

    /// The words of a binding key; what matches the same is spelled the same: in a row of `*` and `#` the `#` are one
    /// and come last.
    static List<String> ofPattern(String key) {
        List<String> words = new ArrayList<>();
        boolean restIsDue = false;
        int from = key.isEmpty() ? 1 : 0; // no words at all, not one empty word
        while (from <= key.length()) {
            int dot = key.indexOf('.', from);
            int to = dot < 0 ? key.length() : dot;
            String word = key.substring(from, to);
            from = to + 1;
            if (word.equals(REST)) {
                restIsDue = true;
                continue;
            }
            if (restIsDue && !word.equals(ANY)) {
                words.add(REST);
                restIsDue = false;
            }
            words.add(word);
        }
        if (restIsDue) {
            words.add(REST);
        }
        return words;
    }
}
