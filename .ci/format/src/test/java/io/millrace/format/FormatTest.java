package io.millrace.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FormatTest {
    @Test
    void mendsCodeButLeavesMarkdownJavadocAlone() throws Exception {
        String source = """
                package p;
                import java.util.Set;
                import java.util.List;
                import java.util.Map;

                /// A [List] in a table:
                ///| a  |  b |
                ///     code(  );
                sealed interface Shape { record Circle(int r) implements Shape {}
                    static int size(Object o, Set<Shape> all) { return switch (o) { case Circle(int r) when r > 3 -> r; case Circle _ -> 1; default -> 0; }; }
                }
                """;

        assertThat(Format.formatted(source)).isEqualTo("""
                package p;

                import java.util.List;
                import java.util.Set;

                /// A [List] in a table:
                ///| a  |  b |
                ///     code(  );
                sealed interface Shape {
                    record Circle(int r) implements Shape {}

                    static int size(Object o, Set<Shape> all) {
                        return switch (o) {
                            case Circle(int r) when r > 3 -> r;
                            case Circle _ -> 1;
                            default -> 0;
                        };
                    }
                }
                """);
    }

    @Test
    void wrapsOnlyProseThatIsWiderThanThePage() throws Exception {
        String wide = "word ".repeat(24) + "end";
        String kept = "/// | " + wide + " |\n/// ```\n/// " + wide + "\n/// ```\n///\n///     " + wide + "\n///\n";
        String fitting = "word ".repeat(23).strip();

        String formatted = Format.formatted("package p;\n\n" + kept + "/// " + wide + "\n/// of it.\n///\n/// - " + wide
                + "\n/// @see " + wide + "\nclass A {}\n");

        assertThat(formatted)
                .isEqualTo("package p;\n\n" + kept + "/// " + fitting + "\n/// word end of it.\n///\n/// - "
                        + fitting + "\n///   word end\n/// @see "
                        + "word ".repeat(22).strip() + "\n/// word word end\nclass A {}\n");
        assertThat(Format.formatted(formatted)).isEqualTo(formatted);
    }
}
