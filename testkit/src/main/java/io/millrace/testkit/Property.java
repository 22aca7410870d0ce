package io.millrace.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test that must hold for every seed. The method takes a [SeededRandomness] (or a
/// [Randomness][io.millrace.model.Randomness]) and draws its inputs from it; nothing else may vary between two runs of
/// the same seed.
///
/// Every run tries fresh seeds and stops at the first that fails; the failure's message begins with that seed.
/// `-Dmillrace.seed=SEED` runs that one try again, `-Dmillrace.tries=COUNT` overrides the number of tries everywhere.
/// A seed that found a bug becomes a named test of its own: `new SeededRandomness(SEED)`.
@Documented
@TestTemplate
@ExtendWith(PropertyExtension.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Property {
    /// How many seeds one run tries.
    int tries() default 100;
}
