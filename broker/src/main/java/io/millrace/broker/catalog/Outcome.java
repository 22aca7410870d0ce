package io.millrace.broker.catalog;

import io.millrace.model.ErrorKind;

/// How one part of a change ended.
///
/// @param message text for people in the words clients know, empty when there is nothing to add
public record Outcome(ErrorKind error, String message) {
    public static final Outcome OK = new Outcome(ErrorKind.NONE, "");

    public static Outcome refused(ErrorKind error, String message) {
        return new Outcome(error, message);
    }

    public boolean isOk() {
        return error == ErrorKind.NONE;
    }
}
