/// What is measured: one type per kind of scenario, and the catalogue that names each case.
@NullMarked
package io.millrace.benchmarks.vskafka.scenario;

import org.jspecify.annotations.NullMarked;
