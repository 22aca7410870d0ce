package io.millrace.conformance;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// The jars of a peer described by `conformance/peers/NAME/pom.xml`, resolved with Maven the first time a test asks.
///
/// Kept outside the reactor so that building Millrace never needs Kafka's server.
///
/// @param jars in class-path order
public record PeerClasspath(List<Path> jars) {
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath";

    /// Resolves a peer, or skips the test when Maven cannot.
    public static PeerClasspath of(String peer) {
        Path pom = Repository.file("conformance/peers/" + peer + "/pom.xml");
        Path resolved = Repository.file("conformance/target/peers/" + peer + ".classpath");
        try {
            if (!isFresh(resolved, pom)) {
                Files.createDirectories(resolved.getParent());
                resolve(pom, resolved);
            }
            return new PeerClasspath(Stream.of(Files.readString(resolved).trim().split(File.pathSeparator))
                    .map(Path::of)
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException("classpath of " + peer, e);
        }
    }

    private static boolean isFresh(Path resolved, Path pom) throws IOException {
        if (!Files.exists(resolved)
                || Files.getLastModifiedTime(resolved).compareTo(Files.getLastModifiedTime(pom)) < 0) {
            return false;
        }
        return Stream.of(Files.readString(resolved).trim().split(File.pathSeparator))
                .allMatch(jar -> Files.exists(Path.of(jar)));
    }

    private static void resolve(Path pom, Path resolved) {
        String maven = System.getProperty("millrace.maven", "mvn");
        var command = List.of(maven, "-q", "-B", "-f", pom.toString(), PLUGIN, "-Dmdep.outputFile=" + resolved);
        Finished finished = Programs.run(Duration.ofMinutes(3), command);
        if (finished.exit() != 0) {
            throw Skip.because("Maven cannot resolve " + pom + ": " + finished.out());
        }
    }

    /// As an argument of `-cp`.
    public String joined() {
        return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
    }

    /// For a class loader.
    public URL[] urls() {
        return jars.stream().map(PeerClasspath::url).toArray(URL[]::new);
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(jar.toString(), e);
        }
    }
}
