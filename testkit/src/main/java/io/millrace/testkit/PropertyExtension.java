package io.millrace.testkit;

import io.millrace.model.Randomness;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.opentest4j.TestAbortedException;

/// Runs a [Property] once per seed, until one fails.
final class PropertyExtension implements TestTemplateInvocationContextProvider {
    static final String SEED_KEY = "millrace.seed";
    static final String TRIES_KEY = "millrace.tries";

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(Property.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        int tries =
                context.getRequiredTestMethod().getAnnotation(Property.class).tries();
        var failed = new AtomicBoolean();
        // JUnit pulls one try at a time, so the stream ends right after the first failure.
        return seeds(context, tries).takeWhile(seed -> !failed.get()).mapToObj(seed -> new Try(seed, failed));
    }

    private static LongStream seeds(ExtensionContext context, int tries) {
        var replayed = context.getConfigurationParameter(SEED_KEY, Long::decode);
        if (replayed.isPresent()) {
            return LongStream.of(replayed.get());
        }
        int wanted =
                context.getConfigurationParameter(TRIES_KEY, Integer::decode).orElse(tries);
        if (wanted < 1) {
            throw new IllegalArgumentException("a property needs at least one try, not " + wanted);
        }
        return new SplittableRandom().longs(wanted);
    }

    /// One seed's run: hands the seeded randomness to the method and names the seed when it fails.
    private record Try(long seed, AtomicBoolean failed) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            return "try " + invocationIndex + ", seed " + seed;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(
                    new RandomnessParameter(new SeededRandomness(seed)), (TestExecutionExceptionHandler) this::named);
        }

        private void named(ExtensionContext context, Throwable thrown) throws Throwable {
            if (thrown instanceof TestAbortedException) {
                throw thrown;
            }
            failed.set(true);
            throw new PropertyFailed(seed, thrown);
        }
    }

    private record RandomnessParameter(SeededRandomness randomness) implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            Class<?> type = parameter.getParameter().getType();
            return type == SeededRandomness.class || type == Randomness.class;
        }

        @Override
        public SeededRandomness resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return randomness;
        }
    }
}
