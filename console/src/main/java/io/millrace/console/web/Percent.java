package io.millrace.console.web;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Percent encoding (RFC 3986). What is no encoding stands for itself.
public final class Percent {
    private static final String UNRESERVED = "-._~";

    private Percent() {}

    /// @param isQuery whether `+` is a space
    public static String decode(String text, boolean isQuery) {
        if (text.indexOf('%') < 0 && !(isQuery && text.indexOf('+') >= 0)) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream(bytes.length);
        for (int at = 0; at < bytes.length; at++) {
            int octet = bytes[at] == '%' ? octet(bytes, at) : -1;
            if (octet >= 0) {
                out.write(octet);
                at += 2;
            } else {
                out.write(isQuery && bytes[at] == '+' ? ' ' : bytes[at]);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static int octet(byte[] bytes, int at) {
        if (at + 2 >= bytes.length) {
            return -1;
        }
        int high = Character.digit(bytes[at + 1], 16);
        int low = Character.digit(bytes[at + 2], 16);
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    public static String encode(String text) {
        var out = new StringBuilder(text.length());
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (octet & 0xff);
            boolean isPlain = letter < 0x80 && (Character.isLetterOrDigit(letter) || UNRESERVED.indexOf(letter) >= 0);
            if (isPlain) {
                out.append(letter);
            } else {
                out.append('%').append(digit(letter >> 4)).append(digit(letter & 0xf));
            }
        }
        return out.toString();
    }

    private static char digit(int value) {
        return Character.toUpperCase(Character.forDigit(value, 16));
    }
}
