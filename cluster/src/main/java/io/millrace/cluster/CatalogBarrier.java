package io.millrace.cluster;

/// Tells when what [CatalogListener]s were told has reached whom it concerns: they may only have passed it on.
public interface CatalogBarrier {
    /// For listeners that are done when they return.
    CatalogBarrier NONE = Runnable::run;

    /// Runs `then`, on any thread, when everything told so far is in effect.
    void whenPassed(Runnable then);
}
