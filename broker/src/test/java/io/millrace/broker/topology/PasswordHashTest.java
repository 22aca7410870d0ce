package io.millrace.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
    private static boolean matches(String hash, String hashing, String password) {
        UserView user = new UserView("u", hash, hashing, List.of());
        return PasswordHash.matches(user, password.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aHashLetsItsPasswordIn() {
        String hash = PasswordHash.sha256("gäst", new SeededRandomness(1));

        assertThat(matches(hash, PasswordHash.SHA256, "gäst")).isTrue();
        assertThat(matches(hash, PasswordHash.SHA256, "guest")).isFalse();
        assertThat(matches(hash, PasswordHash.SHA512, "gäst")).isFalse();
        assertThat(PasswordHash.sha256("gäst", new SeededRandomness(2))).isNotEqualTo(hash);
    }

    /// The example of RabbitMQ's documentation: salt 908DC60A, password `test12`.
    @Test
    void readsWhatRabbitMqWrites() {
        assertThat(matches("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", PasswordHash.SHA256, "test12"))
                .isTrue();
    }

    @Test
    void readsOtherHashesToo() throws NoSuchAlgorithmException {
        byte[] salted = HexFormat.of().parseHex("01020304" + "7077");
        for (String algorithm : List.of("MD5", "SHA-512")) {
            byte[] digest = MessageDigest.getInstance(algorithm).digest(salted);
            byte[] all = HexFormat.of().parseHex("01020304" + HexFormat.of().formatHex(digest));
            String hashing = algorithm.equals("MD5") ? PasswordHash.MD5 : PasswordHash.SHA512;

            assertThat(matches(Base64.getEncoder().encodeToString(all), hashing, "pw"))
                    .isTrue();
        }
    }

    @Test
    void whoHasNoHashIsLetInByNothing() {
        for (String hash : List.of("", "AQIDBA==", "not base64!")) {
            assertThat(matches(hash, PasswordHash.SHA256, "")).isFalse();
        }
        assertThat(matches(PasswordHash.sha256("p", new SeededRandomness(1)), "unknown", "p"))
                .isFalse();
    }
}
