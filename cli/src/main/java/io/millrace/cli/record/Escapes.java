package io.millrace.cli.record;

/// Reads what a shell user can not type: `\t`, `\n`, `\r`, `\0`, `\xNN` and `\\`.
final class Escapes {
    private Escapes() {}

    /// @throws IllegalArgumentException at a backslash that begins none of them
    static String read(String text) {
        var plain = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                i++;
                continue;
            }
            char kind = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
            plain.append(kind == 'x' ? hex(text, i + 2) : single(text, kind));
            i += kind == 'x' ? 4 : 2;
        }
        return plain.toString();
    }

    private static char single(String text, char kind) {
        return switch (kind) {
            case 't' -> '\t';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case '0' -> '\0';
            case '\\' -> '\\';
            default ->
                throw new IllegalArgumentException(
                        "'" + text + "': after a backslash only t, n, r, 0, xNN and a backslash are known");
        };
    }

    private static char hex(String text, int at) {
        if (at + 2 > text.length() || !text.substring(at, at + 2).matches("[0-9a-fA-F]{2}")) {
            throw new IllegalArgumentException("'" + text + "': \\x needs two hexadecimal digits");
        }
        return (char) Integer.parseInt(text.substring(at, at + 2), 16);
    }
}
