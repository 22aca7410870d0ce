package io.millrace.broker.topology;

import io.millrace.model.Randomness;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/// Passwords as RabbitMQ keeps and exports them: base64 of four bytes of salt and the digest of salt and password.
public final class PasswordHash {
    public static final String SHA256 = "rabbit_password_hashing_sha256";
    public static final String SHA512 = "rabbit_password_hashing_sha512";
    public static final String MD5 = "rabbit_password_hashing_md5";
    private static final int SALT_BYTES = 4;

    private PasswordHash() {}

    /// A new hash of a password.
    public static String sha256(String password, Randomness randomness) {
        byte[] salt = new byte[SALT_BYTES];
        randomness.nextBytes(salt);
        return Base64.getEncoder().encodeToString(salted("SHA-256", salt, password.getBytes(StandardCharsets.UTF_8)));
    }

    /// Whether a password is the user's. Takes as long for a wrong one as for the right one. A user without a hash, or
    /// with one nobody can read, is let in by no password at all.
    public static boolean matches(UserView user, byte[] password) {
        String algorithm = algorithm(user.hashing());
        byte[] stored = decode(user.passwordHash());
        if (algorithm.isEmpty() || stored.length <= SALT_BYTES) {
            return false;
        }
        return MessageDigest.isEqual(stored, salted(algorithm, Arrays.copyOf(stored, SALT_BYTES), password));
    }

    private static String algorithm(String hashing) {
        return switch (hashing) {
            case SHA256 -> "SHA-256";
            case SHA512 -> "SHA-512";
            case MD5 -> "MD5";
            default -> "";
        };
    }

    private static byte[] decode(String hash) {
        try {
            return Base64.getDecoder().decode(hash);
        } catch (IllegalArgumentException _) {
            return new byte[0];
        }
    }

    private static byte[] salted(String algorithm, byte[] salt, byte[] password) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(salt);
            byte[] hashed = digest.digest(password);
            byte[] all = Arrays.copyOf(salt, salt.length + hashed.length);
            System.arraycopy(hashed, 0, all, salt.length, hashed.length);
            return all;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + algorithm, e);
        }
    }
}
