# Golden values of R's wilcox.test, for tests/statistics/test_wilcoxon.py:
#
#     Rscript tests/golden/wilcox.R tests/golden/wilcox.json
#
# Every case is called three times for the p-values of the three alternatives; estimate and
# two-sided interval come from the two-sided call, as the paper's figures have them. tol.root is
# tiny, so that the search for the roots adds no error of its own (R's default is 1e-4).

set.seed(0)
grid <- function(x, step) round(x / step) * step

cases <- list(
  "exact, n = 6" = rnorm(6, 0.5),
  "exact, n = 10" = rnorm(10, 0.3),
  "exact, n = 20" = rnorm(20, 0.02, 0.05),
  "exact, n = 49" = rnorm(49, -0.1),
  "exact, n = 3: no 95 % interval" = c(0.2, -0.1, 0.7),
  "exact, n = 5: no 95 % interval" = c(0.11, 0.25, 0.32, 0.41, 0.57),
  "exact, n = 20: one outlier" = c(rnorm(19, 0.02, 0.05), 40),
  "ties, n = 7" = c(0.1, 0.1, 0.3, -0.2, 0.5, 0.4, 0.7),
  "ties, n = 8" = c(0.25, 0.25, 0.5, -0.5, 1, 1.25, 0.75, 2),
  "ties, n = 20" = grid(rnorm(20, 0.1), 0.25),
  "ties of magnitude, not of value, n = 12" = c(-0.4, 0.4, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8,
                                                0.9, 1.1, 1.3),
  "zeros, n = 10" = c(0, 0, rnorm(10, 0.4)),
  "zeros and ties, n = 30" = c(rep(0, 5), grid(rnorm(30, 0.02, 0.05), 0.01)),
  "zeros, 50 differences of which 49 count" = c(0, rnorm(49, 0.2)),
  "ties, n = 5: no 95 % interval" = c(0.1, 0.1, 0.2, 0.4, 0.6),
  "large, n = 50" = rnorm(50, 0.2),
  "large, n = 60" = rnorm(60, 0.05, 0.1),
  "large, n = 61" = rnorm(61, -0.2),
  "large with ties, n = 90" = grid(rnorm(90, 0.01, 0.05), 0.005),
  "large with ties and zeros, n = 200" = c(rep(0, 20), grid(rnorm(200, 0.03, 0.1), 0.02)),
  "large, skewed, n = 120" = rexp(120) - 0.5,
  "Figure 4, n = 360" = rnorm(360, 0.01, 0.08),
  "Figure 4 with ties, n = 360" = grid(rnorm(360, -0.01, 0.08), 0.001)
)

digits <- function(x) {
  text <- formatC(x, digits = 17, format = "g", width = 1)
  paste0("[", paste(ifelse(is.finite(x), text, "null"), collapse = ", "), "]")
}
quoted <- function(x) paste0('"', x, '"')

p_value <- function(x, alternative) wilcox.test(x, alternative = alternative)$p.value

answer <- function(x) {
  test <- suppressWarnings(wilcox.test(x, conf.int = TRUE, tol.root = 1e-14))
  p <- suppressWarnings(sapply(c("greater", "less", "two.sided"), p_value, x = x))
  paste0(
    '"differences": ', digits(x), ',\n    "p_values": ', digits(p),
    ',\n    "interval": ', digits(test$conf.int),
    ',\n    "confidence": ', digits(attr(test$conf.int, "conf.level")),
    ',\n    "estimate": ', digits(test$estimate),
    ',\n    "exact": ', tolower(grepl("exact", test$method))
  )
}

entries <- mapply(
  function(name, x) paste0('   {"case": ', quoted(name), ",\n    ", answer(x), "}"),
  names(cases), cases
)
writeLines(
  c("{", paste0('"R": ', quoted(R.version.string), ","), '"cases": [',
    paste(entries, collapse = ",\n"), "]}"),
  commandArgs(trailingOnly = TRUE)[1]
)
