"""Text of strangers as HTML that can do nothing: visible controls, Markdown, MathML, code."""
