/// The vocabulary every module shares: names, offsets, errors and the ports for time, chance and ownership.
@NullMarked
package io.millrace.model;

import org.jspecify.annotations.NullMarked;
