package io.millrace.format;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Formats every Java file below the working directory: `check` names those that differ and fails, `apply` rewrites
/// them.
///
/// It is a program of ours and not Spotless because Maven may run on JDK 17, where the formatter's parser (the JDK's
/// own) does not know the language of our sources. One process for the whole tree costs a second or two.
///
/// Markdown Javadoc (`///`) is kept from the formatter, which would break tables and code in it; [MarkdownWrap] wraps
/// its prose.
public final class Format {
    private static final Pattern MARKDOWN_LINE = Pattern.compile("^(\\h*)///.*$", Pattern.MULTILINE);
    private static final Pattern MASKED_LINE = Pattern.compile("/// ?@@(\\d+)$", Pattern.MULTILINE);
    private static final Set<String> SKIPPED_FOLDERS = Set.of("target", "node_modules", ".git", "data");

    private static final Formatter FORMATTER = Formatter.createFormatter(JavaFormatterOptions.builder()
            .style(JavaFormatterOptions.Style.PALANTIR)
            .build());

    private Format() {}

    public static void main(String[] arguments) throws IOException {
        boolean apply = arguments.length == 1 && arguments[0].equals("apply");
        List<Path> differing = sources(Path.of("")).parallelStream()
                .filter(file -> differs(file, apply))
                .toList();
        if (differing.isEmpty()) {
            return;
        }
        if (apply) {
            differing.forEach(file -> System.out.println("formatted " + file));
            return;
        }
        System.err.println("These files are not laid out as the formatter would:");
        differing.forEach(file -> System.err.println("  " + file));
        System.err.println("Mend them with: mvn -q -pl .ci/format compile exec:exec@apply");
        System.exit(1);
    }

    private static List<Path> sources(Path root) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return SKIPPED_FOLDERS.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static boolean differs(Path file, boolean apply) {
        try {
            String source = Files.readString(file);
            String formatted = formatted(source);
            if (formatted.equals(source)) {
                return false;
            }
            if (apply) {
                Files.writeString(file, formatted);
            }
            return true;
        } catch (FormatterException e) {
            System.err.println(file + ": " + e.getMessage());
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String formatted(String source) throws FormatterException {
        String imported = ImportOrderer.reorderImports(
                RemoveUnusedImports.removeUnusedImports(source), JavaFormatterOptions.Style.PALANTIR);
        List<String> markdown = new ArrayList<>();
        String masked = MARKDOWN_LINE.matcher(imported).replaceAll(line -> {
            markdown.add(line.group().strip());
            return Matcher.quoteReplacement(line.group(1) + "///@@" + (markdown.size() - 1));
        });
        String laidOut = MASKED_LINE
                .matcher(FORMATTER.formatSource(masked))
                .replaceAll(line -> Matcher.quoteReplacement(markdown.get(Integer.parseInt(line.group(1)))));
        return MarkdownWrap.wrapped(laidOut);
    }
}
