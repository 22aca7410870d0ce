/// What the API asks of the node it runs on.
@NullMarked
package io.millrace.console.port;

import org.jspecify.annotations.NullMarked;
