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
}
