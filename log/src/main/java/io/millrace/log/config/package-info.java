/// What a log is told to do.
@NullMarked
package io.millrace.log.config;

import org.jspecify.annotations.NullMarked;
