package io.millrace.format;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Wraps prose in markdown Javadoc that is wider than the page: the words too many move to the head of the next line of
/// the same paragraph, or to a line of their own. Everything else, tables and code above all, stays as it is.
final class MarkdownWrap {
    private static final int COLUMNS_MAX = 120;
    private static final Pattern MARKDOWN = Pattern.compile("(\\h*///)(\\h*)(.*)");

    /// What begins something new in markdown, so that no words may be put before it.
    private static final Pattern BEGINS_ANEW = Pattern.compile("|(```|[-*+|#>@]|\\d+[.)]\\h).*");

    private final List<String> out = new ArrayList<>();
    private boolean inFence;
    /// Words that the previous line had no room for.
    private String carried = "";
    /// What precedes the text on the line the words were carried from.
    private String carriedPrefix = "";

    private MarkdownWrap() {}

    static String wrapped(String source) {
        var wrap = new MarkdownWrap();
        source.lines().forEach(wrap::onLine);
        wrap.placeCarried();
        return String.join("\n", wrap.out) + "\n";
    }

    private void onLine(String line) {
        Matcher markdown = MARKDOWN.matcher(line);
        if (!markdown.matches()) {
            placeCarried();
            out.add(line);
            return;
        }
        String text = markdown.group(3);
        boolean isCode = inFence || markdown.group(2).length() >= 4 && carried.isEmpty();
        if (text.startsWith("```")) {
            inFence = !inFence;
        }
        if (!carried.isEmpty() && !isCode && !BEGINS_ANEW.matcher(text).matches()) {
            String joined = carried + " " + text;
            carried = "";
            add(markdown.group(1) + markdown.group(2), joined);
            return;
        }
        placeCarried();
        if (isCode || inFence || text.startsWith("|")) {
            out.add(line);
        } else {
            add(markdown.group(1) + markdown.group(2), text);
        }
    }

    private void add(String prefix, String text) {
        int room = COLUMNS_MAX - prefix.length();
        int cut = text.length() <= room ? -1 : text.lastIndexOf(' ', room);
        if (cut <= 0) {
            out.add(prefix + text);
            return;
        }
        out.add(prefix + text.substring(0, cut));
        carried = text.substring(cut + 1);
        carriedPrefix = text.startsWith("- ") ? prefix + "  " : prefix;
    }

    private void placeCarried() {
        while (!carried.isEmpty()) {
            String text = carried;
            carried = "";
            add(carriedPrefix, text);
        }
    }
}
