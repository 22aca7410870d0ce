package io.millrace.amqp.codec.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Short strings: a length octet and UTF-8.
///
/// Routing keys, exchange names and header names may hold any octets with RabbitMQ, which keeps them as they are. So
/// that ours go out as they came in, an octet `0xNN` that is not part of valid UTF-8 becomes the lone surrogate
/// `U+DCNN`, and the other way round; whoever needs the octets of such a name asks [#octets].
public final class ShortStrings {
    /// More can not be written.
    public static final int BYTES_MAX = 255;

    private static final int ESCAPE = 0xdc00;
    private static final char REPLACEMENT = '\ufffd';

    private ShortStrings() {}

    /// The octets this text stands for.
    public static byte[] octets(String text) {
        if (!hasEscapes(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer out = ByteBuffer.allocate(text.length() * 3);
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isEscape(text, i)) {
                out.put(text.substring(start, i).getBytes(StandardCharsets.UTF_8));
                out.put((byte) (text.charAt(i) - ESCAPE));
                start = i + 1;
            }
        }
        out.put(text.substring(start).getBytes(StandardCharsets.UTF_8));
        return Arrays.copyOf(out.array(), out.position());
    }

    /// As much of a name as fits: one that came by another protocol may be longer than AMQP can say.
    public static String fitting(String text) {
        if (text.length() <= BYTES_MAX / 3 || octets(text).length <= BYTES_MAX) {
            return text;
        }
        int length = Math.min(text.length(), BYTES_MAX);
        while (octets(text.substring(0, length)).length > BYTES_MAX) {
            length--;
        }
        return text.substring(0, length);
    }

    /// Writes length and octets.
    ///
    /// @throws IllegalArgumentException beyond [#BYTES_MAX], with nothing written: it is for the session to refuse a
    ///     name, and a reply text comes from [AmqpError#text]
    public static void write(ByteBuf out, String text) {
        if (isAscii(text)) {
            requireFits(text.length());
            out.writeByte(text.length());
            ByteBufUtil.writeAscii(out, text);
            return;
        }
        byte[] octets = octets(text);
        requireFits(octets.length);
        out.writeByte(octets.length);
        out.writeBytes(octets);
    }

    static String decode(byte[] bytes, int from, int length) {
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        return isPlain(text, bytes, from, length) ? text : decodeWithEscapes(bytes, from, length);
    }

    /// Whether the octets were the UTF-8 of this text, which was decoded from them. Where they were not, there are
    /// replacement characters, which have other octets.
    private static boolean isPlain(String text, byte[] bytes, int from, int length) {
        if (text.indexOf(REPLACEMENT) < 0) {
            return true;
        }
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(again, 0, again.length, bytes, from, from + length);
    }

    /// Whether the octets are those of this text, without decoding them.
    static boolean matches(byte[] bytes, int from, int length, String text) {
        if (!isAscii(text)) {
            byte[] octets = octets(text);
            return Arrays.equals(octets, 0, octets.length, bytes, from, from + length);
        }
        if (length != text.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (bytes[from + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static String decodeWithEscapes(byte[] bytes, int from, int length) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes, from, length);
        CharBuffer out = CharBuffer.allocate(length);
        CoderResult result = decoder.decode(in, out, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + (in.get() & 0xff)));
            }
            result = decoder.decode(in, out, true);
        }
        return out.flip().toString();
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /// Whether the text stands for octets that are no UTF-8, which never decodes to a lone surrogate.
    static boolean hasEscapes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isEscape(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEscape(String text, int at) {
        char c = text.charAt(at);
        return c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }

    private static void requireFits(int size) {
        if (size > BYTES_MAX) {
            throw new IllegalArgumentException("a short string of " + size + " octets");
        }
    }
}
