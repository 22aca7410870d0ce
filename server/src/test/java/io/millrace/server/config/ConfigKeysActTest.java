package io.millrace.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A key that nothing reads is a promise not kept: the value of each must be asked for somewhere outside this package.
class ConfigKeysActTest {
    private static final List<Path> SOURCES = List.of(Path.of("src/main/java"), Path.of("../cli/src/main/java"));

    @Test
    void everyKeyIsReadBySomebody() throws IOException {
        List<String> sources = sources();
        var unread = new ArrayList<String>();
        for (RecordComponent section : ServerConfig.class.getRecordComponents()) {
            if (!section.getType().isRecord()) {
                continue;
            }
            List<String> readers = sources.stream()
                    .filter(text -> text.contains("." + section.getName() + "()")
                            || text.contains(section.getType().getSimpleName()))
                    .toList();
            for (RecordComponent key : section.getType().getRecordComponents()) {
                // The number of event loops is asked for by the number of cores.
                String accessor = "." + key.getName() + (key.getName().equals("eventLoops") ? "On(" : "()");
                if (readers.stream().noneMatch(text -> text.contains(accessor))) {
                    unread.add(section.getName() + "." + ConfigKeys.kebab(key.getName()));
                }
            }
        }

        assertThat(unread).isEmpty();
    }

    private static List<String> sources() throws IOException {
        var texts = new ArrayList<String>();
        for (Path root : SOURCES) {
            try (Stream<Path> files = Files.walk(root)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !file.getParent().endsWith(Path.of("server/config")))
                        .forEach(file -> texts.add(text(file)));
            }
        }
        return texts;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
