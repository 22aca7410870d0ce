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

    /// The words of a binding key, with one `#` where several follow each other: they match the same.
    static List<String> ofPattern(String key) {
        List<String> words = new ArrayList<>();
        int from = key.isEmpty() ? 1 : 0; // no words at all, not one empty word
        while (from <= key.length()) {
            int dot = key.indexOf('.', from);
            int to = dot < 0 ? key.length() : dot;
            String word = key.substring(from, to);
            if (!word.equals(REST) || words.isEmpty() || !words.getLast().equals(REST)) {
                words.add(word);
            }
            from = to + 1;
        }
        return words;
    }
}
