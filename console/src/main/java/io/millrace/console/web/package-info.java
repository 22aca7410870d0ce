/// Requests, answers and what all resources share: who asks, paths, query parameters, pages and columns.
@NullMarked
package io.millrace.console.web;

import org.jspecify.annotations.NullMarked;
