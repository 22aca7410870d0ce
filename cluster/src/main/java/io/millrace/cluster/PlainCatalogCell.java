package io.millrace.cluster;

import io.millrace.cluster.metadata.MetadataImage;
import java.util.List;

/// A cell for tests and the simulator, where everything runs in one thread.
public final class PlainCatalogCell implements CatalogCell {
    private MetadataImage image;
    private KnownTopology known;

    public PlainCatalogCell(MetadataImage image) {
        this.image = image;
        this.known = new KnownTopology(image.topology(), List.of());
    }

    @Override
    public MetadataImage get() {
        return image;
    }

    @Override
    public void set(MetadataImage image) {
        this.image = image;
    }

    @Override
    public KnownTopology known() {
        return known;
    }

    @Override
    public void know(KnownTopology now) {
        known = now;
    }
}
