/// JMH benchmarks of the hot paths: compiled in `verify`, run by `benchmarks/jmh`.
@NullMarked
package io.millrace.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
