# Golden values of R's friedman.test, binom.test, cor.test and p.adjust, for tests/statistics:
#
#     Rscript tests/golden/ranks.R tests/golden/ranks.json

set.seed(1)
digits <- function(x) {
  paste0("[", paste(formatC(x, digits = 17, format = "g", width = 1), collapse = ", "), "]")
}
table <- matrix(round(rnorm(40, 1), 1), nrow = 10) # rounded: with ties
friedman <- friedman.test(table)
x <- rnorm(7) # R counts all pairings of up to nine
y <- x + rnorm(7)
spearman <- function(alternative) {
  cor.test(x, y, method = "spearman", alternative = alternative, exact = TRUE)
}
binomial <- function(k, n) {
  c(k, n, binom.test(k, n)$conf.int, binom.test(k, n, alternative = "greater")$p.value)
}
p <- c(0.011, 0.04, 0.003, 0.04, 0.5, 0.02)
writeLines(
  paste0(
    "{\n",
    '"R": "', R.version.string, '",\n',
    '"table": [', paste(apply(table, 1, digits), collapse = ",\n  "), "],\n",
    '"friedman": ', digits(c(friedman$statistic, friedman$p.value)), ",\n",
    '"x": ', digits(x), ",\n",
    '"y": ', digits(y), ",\n",
    '"spearman": ', digits(c(spearman("greater")$estimate, spearman("greater")$p.value,
                             spearman("less")$p.value)), ",\n",
    '"binomial": [', digits(binomial(8, 10)), ", ", digits(binomial(0, 23)), ", ",
    digits(binomial(5, 5)), "],\n",
    '"p": ', digits(p), ",\n",
    '"holm": ', digits(p.adjust(p, "holm")), "\n}"
  ),
  commandArgs(trailingOnly = TRUE)[1]
)
