/// The layout of our sources, checked in `mvn verify` and mended on demand. A build tool, not part of the product.
@NullMarked
package io.millrace.format;

import org.jspecify.annotations.NullMarked;
