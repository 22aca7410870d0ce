package io.millrace.broker.topology;

import java.util.List;

/// A user.
///
/// @param passwordHash as RabbitMQ exports it: base64 of four bytes of salt and the hash; empty when no password lets
/// in
/// @param hashing `rabbit_password_hashing_sha256`, `..._sha512` or `..._md5`
/// @param tags `administrator`, `monitoring`, `policymaker`, `management`, ...
public record UserView(String name, String passwordHash, String hashing, List<String> tags) {
    public UserView {
        tags = List.copyOf(tags);
    }
}
