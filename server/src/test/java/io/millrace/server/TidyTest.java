package io.millrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Reads our own sources for what neither the compiler nor [ArchitectureTest] can see. Style is a test, not a remark in
/// a review.
///
/// Every finding reads `file:line: text`.
class TidyTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Set<String> SKIPPED_FOLDERS =
            Set.of("target", "node_modules", ".git", ".idea", ".vscode", "data");
    private static final Set<String> TEXT_ENDINGS =
            Set.of("java", "xml", "md", "yaml", "yml", "json", "properties", "sh", "js", "mjs", "ts", "py", "txt");

    /// The words are written so that this file does not find itself.
    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b(?!\\(#\\d+\\))");

    private static final Pattern REGISTRY = Pattern.compile("(repo1?|central)\\.maven\\.|registry\\.(npm|yarn)"
            + "|(deb|security|ftp)\\.debian\\.org|pypi\\.org|pythonhosted\\.org|proxy\\.golang\\.org");

    private static final Pattern UNTESTABLE = Pattern.compile(
            "Thread\\.sle" + "ep\\(|currentTime" + "Millis\\(|^import (static )?org\\.(mockito|easymock|jmock)\\.");

    private static final Pattern LOCK =
            Pattern.compile("^\\s*(synchronized \\(|.*\\bwait\\(\\);|.*\\bnotifyAll\\(\\);)");

    private static final Pattern TOP_LEVEL_TYPE = Pattern.compile(
            "^((public|abstract|final|sealed|non-sealed) )*(class|interface|record|enum|@interface) .*");

    private static final Map<Path, List<String>> FILES = read();

    @Test
    void nothingIsLeftUnfinished() {
        assertThat(lines(TidyTest::isText, line -> UNFINISHED.matcher(line).find()))
                .as("an open end needs an issue: write it as the word, then (#number)")
                .isEmpty();
    }

    @Test
    void noFileNamesARegistry() {
        assertThat(lines(TidyTest::isText, line -> REGISTRY.matcher(line).find()))
                .as("where packages come from is the user's own setting")
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Set<Path> missing = new TreeSet<>();
        for (Path file : FILES.keySet()) {
            Path packageInfo = file.resolveSibling("package-info.java");
            if (isMainJava(file) && !FILES.getOrDefault(packageInfo, List.of()).contains("@NullMarked")) {
                missing.add(packageInfo);
            }
        }

        assertThat(missing)
                .as("packages without a package-info that is @NullMarked")
                .isEmpty();
    }

    @Test
    void everyTopLevelTypeSaysWhatItIsFor() {
        List<String> silent = new ArrayList<>();
        FILES.forEach((file, lines) -> {
            for (int i = 0; isMainJava(file) && i < lines.size(); i++) {
                if (TOP_LEVEL_TYPE.matcher(lines.get(i)).matches() && !isDocumented(lines, i)) {
                    silent.add(finding(file, i, lines.get(i)));
                }
            }
        });

        assertThat(silent)
                .as("types without a /// paragraph: role, owner, invariant")
                .isEmpty();
    }

    @Test
    void importsAreNamed() {
        assertThat(lines(TidyTest::isJava, line -> line.startsWith("import ") && line.endsWith("*;")))
                .isEmpty();
    }

    @Test
    void everySuppressedWarningHasItsReasonBesideOrAbove() {
        List<String> bare = new ArrayList<>();
        FILES.forEach((file, lines) -> {
            for (int i = 1; isJava(file) && i < lines.size(); i++) {
                boolean suppresses = lines.get(i).stripLeading().startsWith("@SuppressWarnings")
                        && !lines.get(i).contains(") // ");
                if (suppresses && !lines.get(i - 1).stripLeading().startsWith("//")) {
                    bare.add(finding(file, i, lines.get(i)));
                }
            }
        });

        assertThat(bare).isEmpty();
    }

    @Test
    void testsNeitherSleepNorReadTheClockNorMock() {
        assertThat(lines(
                        file -> isJava(file) && file.toString().contains("src/test/"),
                        line -> UNTESTABLE.matcher(line).find()))
                .isEmpty();
    }

    @Test
    void pureModulesHaveNoLocks() {
        // ArchitectureTest sees synchronized methods, but not the blocks.
        assertThat(lines(
                        file -> isMainJava(file)
                                && !file.toString().contains("/log/disk/")
                                // shared by the loops of all its partitions, see ArchitectureTest
                                && !file.endsWith("LogDirectory.java")
                                && !file.endsWith("Checkpoints.java")
                                && !file.endsWith("DeletionQueue.java")
                                && !file.toString().contains("/cluster/raft/")
                                && List.of("model", "log", "broker", "cluster", "protocols")
                                        .contains(file.getName(0).toString()),
                        line -> LOCK.matcher(line).find()))
                .isEmpty();
    }

    private static boolean isDocumented(List<String> lines, int typeLine) {
        int above = typeLine - 1;
        while (above >= 0 && !lines.get(above).isBlank() && !lines.get(above).startsWith("//")) {
            above--; // annotations, perhaps over several lines
        }
        return above >= 0 && lines.get(above).startsWith("///");
    }

    private static boolean isText(Path file) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return dot < 0 || TEXT_ENDINGS.contains(name.substring(dot + 1));
    }

    private static boolean isJava(Path file) {
        return file.toString().endsWith(".java");
    }

    private static boolean isMainJava(Path file) {
        return isJava(file) && file.toString().contains("src/main/java/");
    }

    private static List<String> lines(Predicate<Path> files, Predicate<String> wanted) {
        List<String> found = new ArrayList<>();
        FILES.forEach((file, lines) -> {
            for (int i = 0; files.test(file) && i < lines.size(); i++) {
                if (wanted.test(lines.get(i))) {
                    found.add(finding(file, i, lines.get(i)));
                }
            }
        });
        return found;
    }

    private static String finding(Path file, int index, String line) {
        return file + ":" + (index + 1) + ": " + line.strip();
    }

    private static Map<Path, List<String>> read() {
        var files = new TreeMap<Path, List<String>>();
        try {
            Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return SKIPPED_FOLDERS.contains(folder.getFileName().toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isRegularFile() && isText(file)) {
                        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
                        files.put(ROOT.relativize(file), text.lines().toList());
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
