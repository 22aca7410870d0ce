/// One file for each group of resources: from a call to its answer.
@NullMarked
package io.millrace.console.resource;

import org.jspecify.annotations.NullMarked;
