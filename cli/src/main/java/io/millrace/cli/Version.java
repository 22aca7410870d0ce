package io.millrace.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/// What is running: written into a resource by the build.
public final class Version implements IVersionProvider {
    private final Properties built = new Properties();

    public Version() {
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            built.load(Objects.requireNonNull(in, "version.properties is missing in the jar"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String millrace() {
        return built.getProperty("version", "");
    }

    /// The Kafka release whose schemas and client are inside.
    public String kafka() {
        return built.getProperty("kafka", "");
    }

    public String java() {
        return Runtime.version() + " " + System.getProperty("java.vendor") + " (" + System.getProperty("java.home")
                + ")";
    }

    @Override
    public String[] getVersion() {
        return new String[] {"millrace " + millrace()};
    }
}
