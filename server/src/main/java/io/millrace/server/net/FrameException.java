package io.millrace.server.net;

/// A peer announced a frame we do not accept; the connection is closed.
public final class FrameException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    FrameException(int length, int frameBytesMax) {
        this.why = "frame of " + Integer.toUnsignedString(length) + " bytes announced, at most " + frameBytesMax
                + " are accepted";
    }

    public String why() {
        return why;
    }

    @Override
    public String getMessage() {
        return why;
    }
}
