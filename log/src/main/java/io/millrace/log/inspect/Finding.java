package io.millrace.log.inspect;

/// Something [LogVerify] noticed.
///
/// @param file name inside the folder
/// @param position byte in the file, or -1 when it concerns the file as a whole
public record Finding(Severity severity, String file, long position, String message) {
    /// How bad it is.
    public enum Severity {
        /// Left over or unusual, nothing to worry about.
        NOTE,
        /// Will be mended when the log is opened: a torn tail, an index to be rebuilt.
        MENDABLE,
        /// Data is lost or would be read wrongly.
        DAMAGE
    }

    @Override
    public String toString() {
        return position < 0
                ? "%s %s: %s".formatted(severity, file, message)
                : "%s %s at %d: %s".formatted(severity, file, position, message);
    }
}
