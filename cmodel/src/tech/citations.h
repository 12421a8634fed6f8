/* SPDX-License-Identifier: Apache-2.0 */
/* Where values were read: a row a source. What is second hand says so in its title or is press; a year or address that is not known is left
 * out. */
#ifndef OIO_CITATIONS_H
#define OIO_CITATIONS_H

/* clang-format off */
#define OIO_CITATIONS(CITE) \
  CITE(CLOSED_FORM, "closed-form", "own", "oio", "worked out from the values beside it", 0, "") \
  CITE(IEEE_8023, "ieee-8023", "standard", "IEEE", "802.3 clauses 119, 120 and 172, quoted second hand", 0, "ieee.org") \
  CITE(IEEE_FLR, "ieee-flr", "standard", "IEEE", "802.3 frame loss ratios, quoted second hand", 0, "ieee.org") \
  CITE(IEEE_CD_MAIL, "ieee-cd", "standard", "IEEE 802.3cd reflector", "Table 136-13", 0, "ieee802.org") \
  CITE(DJ_LATENCY, "dj-latency", "press", "IEEE 802.3dj slides", "assumptions on PCS latency, a copy of little trust", 0, "revitalife.shop") \
  CITE(SIJ_DJ_FEC, "sij-dj-fec", "press", "Signal Integrity Journal", "200 Gb/s Ethernet FEC analysis", 0, "signalintegrityjournal.com") \
  CITE(BEOWULF_FEC, "beowulf-fec", "press", "L. Stewart, Beowulf list", "FEC latency", 2026, "beowulf.org") \
  CITE(AMD_RSFEC, "amd-rsfec", "maker", "AMD", "PG203, latency of the RS-FEC engine", 0, "docs.xilinx.com") \
  CITE(INTEL_KR4, "intel-kr4", "maker", "Intel", "683805, 100GBASE-KR4", 0, "intel.com") \
  CITE(INTEL_CEI56, "intel-cei56", "maker", "Intel", "683852, reach classes of CEI-56G", 0, "intel.com") \
  CITE(SEMITODAY_XSR, "semitoday-xsr", "press", "Semiconductor Today", "CEI-112G-XSR+", 2024, "semiconductor-today.com") \
  CITE(MATHWORKS_VSR, "mathworks-vsr", "maker", "MathWorks", "CEI-112G-VSR kit", 0, "mathworks.com") \
  CITE(SONIC_1600G, "sonic-1600g", "press", "SONiC", "1.6T port support", 0, "github.com") \
  CITE(OIF_448G, "oif-448g", "standard", "OIF and Arista", "448G projects, no decision on modulation", 2026, "") \
  CITE(OIF_ELSFP, "oif-elsfp", "standard", "OIF", "ELSFP power classes, quoted second hand", 0, "") \
  CITE(CORNING_ULL, "corning-ull", "maker", "Corning", "fibre and cable data sheets", 0, "") \
  CITE(EDGECORE_DR4, "edgecore-dr4", "maker", "Edgecore", "ET7502-DR4 data sheet", 0, "") \
  CITE(NVIDIA_400G, "nvidia-400g", "maker", "NVIDIA", "MMS4X00-NS400, 400G DR4", 0, "docs.nvidia.com") \
  CITE(NVIDIA_800G, "nvidia-800g", "maker", "NVIDIA", "MMS4X00-NS-T, 800G", 0, "docs.nvidia.com") \
  CITE(NVIDIA_DAC, "nvidia-dac", "maker", "NVIDIA", "MCP4Y10, 800G copper", 0, "docs.nvidia.com") \
  CITE(NVIDIA_CPO, "nvidia-cpo", "maker", "NVIDIA", "switches with silicon photonics", 0, "developer.nvidia.com") \
  CITE(NVIDIA_CPO_2026, "nvidia-cpo-2026", "maker", "NVIDIA", "power and error rate of optics in the package", 2026, "") \
  CITE(NVIDIA_128K, "nvidia-128k", "press", "NVIDIA, quoted", "128,000 GPUs need 655,000 modules", 0, "aihot.virxact.com") \
  CITE(TOMS_NVIDIA, "toms-nvidia", "press", "Tom's Hardware, digest", "22 dB and 30 W for modules", 0, "techly.relevanpress.com") \
  CITE(OPTICAL_IO_NVIDIA, "optical-io-nvidia", "press", "achoenix/optical_io", "notes of the GTC keynote", 2025, "github.com") \
  CITE(OPTICAL_IO_M1000, "optical-io-m1000", "press", "achoenix/optical_io", "notes on M1000", 0, "github.com") \
  CITE(SEMIVISION_32G, "semivision-32g", "press", "SemiVision", "a 32G link of NVIDIA at ISSCC", 2026, "tspasemiconductor.substack.com") \
  CITE(ED_POINT2, "ed-point2", "press", "Electronic Design", "mixed-signal retimer of Point2", 0, "electronicdesign.com") \
  CITE(WIITEK_LPO, "wiitek-lpo", "maker", "Wiitek", "on LPO", 0, "wiitek.com") \
  CITE(AXIOM_LPO, "axiom-lpo", "press", "Axiom", "800G LPO against DSP", 0, "axiomupgrades.com") \
  CITE(GAZETTABYTE_LPO, "gazettabyte-lpo", "press", "Gazettabyte", "Adtran on LPO", 0, "gazettabyte.com") \
  CITE(FS_LPO, "fs-lpo", "maker", "FS.com", "what LPO is", 0, "fs.com") \
  CITE(LPO_MSA, "lpo-msa", "standard", "LPO MSA", "100G-DR-LPO, a copy", 0, "charratcommunication.fr") \
  CITE(TERAHOP, "terahop", "press", "TeraHop", "slides", 0, "sgpjbg.com") \
  CITE(AICPLIGHT_CPO, "aicplight-cpo", "maker", "AICPLight", "on CPO", 0, "aicplight.com") \
  CITE(AICPLIGHT_448G, "aicplight-448g", "maker", "AICPLight", "on 448G serialisers", 2026, "aicplight.com") \
  CITE(YDFIBER_AEC, "ydfiber-aec", "maker", "YD Fiber", "800G active cables", 0, "ydfiberoptic.com") \
  CITE(LUXOPTX_FIT, "luxoptx-fit", "maker", "LuxOptx", "reliability of 800G modules", 0, "luxoptx.com") \
  CITE(LASERFOCUS_BAILLY, "laserfocus-bailly", "press", "Laser Focus World", "Broadcom on Bailly", 0, "laserfocusworld.com") \
  CITE(RCR_BAILLY, "rcr-bailly", "press", "RCR Wireless", "Bailly", 2025, "rcrwireless.com") \
  CITE(CLOUDNEWS_DAVISSON, "cloudnews-davisson", "press", "Cloudnews", "Tomahawk 6 Davisson", 0, "cloudnews.tech") \
  CITE(BROADCOM_META, "broadcom-meta", "maker", "Broadcom, quoted", "a million port-hours at Meta without a flap", 0, "github.com") \
  CITE(BRIEFGLANCE_L20, "briefglance-l20", "press", "BriefGlance", "Passage L20", 0, "briefglance.com") \
  CITE(LIGHTMATTER_OFC, "lightmatter-ofc", "maker", "Lightmatter", "1.6 Tb/s on a fibre", 0, "ofcconference.org") \
  CITE(LIGHTMATTER, "lightmatter", "maker", "Lightmatter", "rate of a fibre, reach, energy and errors of Passage", 2026, "") \
  CITE(ASIAICT_M1000, "asiaict-m1000", "press", "asiaict", "M1000 at Hot Chips", 2025, "asiaict.com") \
  CITE(AYAR_AI, "ayar-ai", "maker", "Ayar Labs", "Artificial Intelligence", 0, "ayarlabs.com") \
  CITE(AYAR_THERMAL, "ayar-thermal", "maker", "Ayar Labs", "thermal tests of TeraPHY", 0, "chiplet-marketplace.com") \
  CITE(GAZETTABYTE_TERAPHY, "gazettabyte-teraphy", "press", "Gazettabyte", "the third TeraPHY", 0, "gazettabyte.com") \
  CITE(TOMS_ALCHIP, "toms-alchip", "press", "Tom's Hardware, a copy", "Alchip and Ayar Labs", 0, "futuretechmarkets.com") \
  CITE(TOMS_OCI, "toms-oci", "press", "Tom's Hardware", "the OCI chiplet of Intel", 0, "tomshardware.com") \
  CITE(STC_OCI, "stc-oci", "press", "STC-MDITR", "the OCI chiplet of Intel, of little trust", 0, "stc-mditr.org") \
  CITE(CONVERGE_OCI, "converge-oci", "press", "Converge Digest", "OCI MSA v1.0", 0, "convergedigest.com") \
  CITE(OCI_MSA, "oci-msa", "standard", "OCI MSA", "v1.0, quoted second hand", 0, "oci-msa.org") \
  CITE(PARTICLE_OCI, "particle-oci", "press", "Particle News", "generations of the OCI MSA", 0, "particlenews.pages.dev") \
  CITE(CONVERGE_CELESTIAL, "converge-celestial", "press", "Converge Digest", "Celestial AI at Hot Chips", 2025, "convergedigest.com") \
  CITE(CONVERGE_UCIE, "converge-ucie", "press", "Converge Digest", "UCIe at Hot Interconnects", 2025, "convergedigest.com") \
  CITE(JSSC_UCIE, "jssc-ucie", "paper", "Melek and others", "IEEE JSSC 61(7), 10.1109/JSSC.2026.3651425, second hand", 2026, "doi.org") \
  CITE(UCIE_TIERS, "ucie-tiers", "standard", "UCIe", "2.0 raw error rates and 1.1 section 3.8, second hand", 0, "fliphtml5.com") \
  CITE(PCISIG_FEC, "pcisig-fec", "standard", "PCI-SIG", "questions on PCIe 6.0 FEC (Das Sharma)", 0, "pcisig.com") \
  CITE(TECHPOWERUP_NVLINK, "techpowerup-nvlink", "press", "TechPowerUp, quoted", "NVLink at 0.3 m", 2020, "hardforum.com") \
  CITE(MOSAIC, "mosaic", "paper", "Microsoft", "MOSAIC at SIGCOMM, as described", 2025, "minimicroled.com") \
  CITE(FIRSTPASSLAB_MOSAIC, "firstpasslab-mosaic", "press", "firstpasslab", "on MOSAIC and failures among 100,000 GPUs", 2026, "firstpasslab.com") \
  CITE(ECOC_2026, "ecoc-2026", "paper", "ECOC", "notes of its slides", 2026, "") \
  CITE(ALIBABA, "alibaba", "field", "Alibaba", "latency and power of modules in production, second hand", 2026, "") \
  CITE(FIELD_400G, "field-400g", "field", "an operator", "returns and flaps of 400G modules", 2026, "") \
  CITE(FIELD_LPO, "field-lpo", "field", "an operator", "returns and flaps of linear modules in 25.8 million hours", 2026, "") \
  CITE(ORACLE, "oracle", "field", "Oracle", "errors and drops of 358,633 links, second hand", 2026, "") \
  CITE(META_BAILLY, "meta-bailly", "field", "Meta", "15 switches in a lab, second hand", 2026, "") \
  CITE(KDDI, "kddi", "field", "KDDI", "a chart of times to relink, second hand", 2026, "") \
  CITE(HUAWEI_NPO, "huawei-npo", "maker", "Huawei", "latency of optics near the package, second hand", 2026, "") \
  CITE(NEXTHOP_NPO, "nexthop-npo", "maker", "Nexthop", "errors of optics near the package", 2026, "") \
  CITE(NPO_MAKERS, "npo-makers", "maker", "several makers", "energy of optics near the package", 2026, "") \
  CITE(CIENA_1600G, "ciena-1600g", "maker", "Ciena", "power at 1.6T, second hand", 2026, "") \
  CITE(COPPER_2026, "copper-2026", "press", "OpenAI, Marvell, AttoTude, Ciena", "reach of copper, second hand", 2026, "") \
  CITE(CREDO, "credo", "maker", "Credo", "energy of serialisers at 106G", 2026, "") \
  CITE(RINGS_2026, "rings-2026", "press", "several", "detuning of rings, second hand", 2026, "")
/* clang-format on */

#define OIO_CITATION_NUMBER(number, key, kind, publisher, title, year, host) number,
enum { OIO_UNCITED, OIO_CITATIONS(OIO_CITATION_NUMBER) OIO_CITATIONS_END };
#undef OIO_CITATION_NUMBER

#endif
