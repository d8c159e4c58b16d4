// The products on tensor cores, sm_80 and later.
