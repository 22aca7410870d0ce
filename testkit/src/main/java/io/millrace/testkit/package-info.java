/// Seeded properties and hand-written doubles for tests.
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
