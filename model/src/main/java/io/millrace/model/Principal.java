package io.millrace.model;

/// Who is asking, the same for every protocol.
///
/// @param type the kind of principal; `User` for everyone who logged in
/// @param name the name within its kind
public record Principal(String type, String name) {
    /// Nobody in particular: what an unauthenticated listener sees.
    public static final Principal ANONYMOUS = new Principal("User", "ANONYMOUS");

    @Override
    public String toString() {
        return type + ":" + name;
    }
}
